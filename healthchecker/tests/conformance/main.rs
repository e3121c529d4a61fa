//! The table that every build of the probe is held to.
//!
//! `PROBE=/path/to/binary` names the binary, `PROBE_FEATURES=contains,wait,header-file,abstract,
//! json,tls,grpc,remote` what it can do beyond the smallest build; rows that need more are run all the same and must be
//! refused by name. `REQUIRE=all` makes a row that this machine cannot run a failure.

#![allow(missing_docs)]

mod abstract_socket;
mod answers;
mod bodies;
mod command_line;
mod grpc;
mod header_file;
mod hostile;
mod kick;
mod namespaces;
mod places;
mod probe;
mod process;
mod row;
mod server;
mod server_itself;
mod terminal;
mod tls;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Completion, Failed, Trial};

/// A row that cannot run here: named, or with `REQUIRE=all` a failure.
fn skip(reason: impl Into<String>) -> Result<Completion, Failed> {
    let reason = reason.into();
    if std::env::var_os("REQUIRE").is_some_and(|value| value == "all") {
        return Err(format!("skipped, and REQUIRE=all: {reason}").into());
    }
    Ok(Completion::ignored_with(reason))
}

fn main() -> ExitCode {
    if let Some(code) = namespaces::inside() {
        return code;
    }
    let mut trials: Vec<Trial> = Vec::new();
    trials.extend(server_itself::trials());
    trials.extend(answers::rows().filter_map(row::Row::trial));
    trials.extend(bodies::rows().filter_map(row::Row::trial));
    trials.extend(hostile::rows().filter_map(row::Row::trial));
    trials.extend(grpc::rows().filter_map(row::Row::trial));
    trials.extend(tls::rows().filter_map(row::Row::trial));
    trials.extend(places::trials());
    trials.extend(abstract_socket::trials());
    trials.extend(namespaces::trials());
    trials.extend(command_line::trials());
    trials.extend(header_file::trials());
    trials.extend(kick::trials());
    trials.extend(process::trials());
    trials.extend(terminal::trials());
    trials.extend(tls::trials());
    trials.extend(grpc::trials());
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
