//! What is refused at the start, on the real file system.

use std::fs;
use std::path::{Path, PathBuf};

use super::*;

fn configured(program: &str) -> BTreeMap<Key, WatchConfig> {
    let mut watches = watches(["worker"], "");
    for watch in watches.values_mut() {
        watch.restart.as_mut().unwrap().exec[0] = program.to_owned();
    }
    watches
}

fn refusal(program: &str, configuration: &Path) -> String {
    check(&configured(program), configuration)
        .unwrap_err()
        .to_string()
}

/// A directory of our own in a place that everybody may write to.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Self {
        let place = std::env::temp_dir().join(format!("watchdog-{name}-{}", std::process::id()));
        fs::create_dir(&place).unwrap();
        Self(place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn the_systems_programs_are_good() {
    check(&configured("/bin/sh"), Path::new("/etc/passwd")).unwrap();
}

#[test]
fn what_cannot_be_run_is_refused_with_its_watch() {
    let passwd = Path::new("/etc/passwd");
    let said = refusal("/nowhere/at-all", passwd);
    let expected = "watch.worker.restart.exec: \"/nowhere\" cannot be looked at: No such file";
    assert!(said.starts_with(expected), "{said}");
    let said = refusal("/etc/passwd", passwd);
    let expected = "watch.worker.restart.exec: \"/etc/passwd\" is no program that can be run";
    assert!(said.starts_with(expected), "{said}");
    let said = refusal("/etc", passwd);
    assert!(said.contains("\"/etc\" is no regular file"), "{said}");
    let said = refusal("/dev/null", passwd);
    assert!(said.contains("\"/dev/null\" "), "{said}");
}

#[test]
fn a_sticky_place_of_everybody_is_refused() {
    let place = Place::new("check");
    let program = place.0.join("run");
    fs::copy("/bin/true", &program).unwrap();
    let everybody = std::env::temp_dir();
    let error = check(
        &configured(program.to_str().unwrap()),
        Path::new("/etc/passwd"),
    )
    .unwrap_err();
    assert_eq!(error.path(), everybody);
    // The same of the configuration, but for one without restarts.
    let error = check(&configured("/bin/sh"), &program).unwrap_err();
    assert_eq!(error.path(), everybody);
    let said = error.to_string();
    assert!(
        said.starts_with("the configuration, which has restarts: "),
        "{said}"
    );
    assert!(said.contains("chmod go-w"), "{said}");
    check(&BTreeMap::new(), &program).unwrap();
    let mut without = configured("/bin/sh");
    without.values_mut().for_each(|watch| watch.restart = None);
    check(&without, &program).unwrap();
}

#[test]
fn a_relative_configuration_is_looked_at_from_here() {
    let said = refusal("/bin/sh", Path::new("no-such-file.toml"));
    assert!(
        said.contains("no-such-file.toml") || said.contains("can be written"),
        "{said}"
    );
}
