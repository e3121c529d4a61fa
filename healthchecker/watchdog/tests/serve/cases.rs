//! The cases, by what they are about.

mod clock;
mod deliver;
mod ends;
mod files;
mod full;
mod gwd;
mod hostile;
mod kept;
mod limits;
mod metrics;
mod open;
mod page;
mod registry;
mod restarts;
mod silence;
mod sinks;
mod tls;

use libtest_mimic::Trial;

pub(crate) fn trials() -> Vec<Trial> {
    let all = [
        clock::trials(),
        deliver::trials(),
        ends::trials(),
        files::trials(),
        full::trials(),
        gwd::trials(),
        hostile::trials(),
        kept::trials(),
        limits::trials(),
        metrics::trials(),
        open::trials(),
        registry::trials(),
        page::trials(),
        restarts::trials(),
        silence::trials(),
        sinks::trials(),
        tls::trials(),
    ];
    all.into_iter().flatten().collect()
}

/// Each case as a test; what fails panics.
pub(crate) fn plain(cases: &'static [(&'static str, fn())]) -> Vec<Trial> {
    let all = cases.iter().map(|(name, case)| {
        Trial::test(*name, || {
            case();
            Ok(())
        })
    });
    all.collect()
}
