//! A service that checks itself: `healthcheck serve` and `healthcheck check`, one binary.
//!
//! In its image: `HEALTHCHECK CMD ["/healthcheck", "check"]`.

use std::io::{self, BufRead, BufReader, Write};
use std::net::TcpListener;
use std::process::ExitCode;
use std::time::Duration;

use healthchecker::{OptionsError, Probe};

const ADDRESS: &str = "127.0.0.1:6767";

fn main() -> ExitCode {
    let outcome = match std::env::args_os().nth(1) {
        Some(word) if word == "serve" => serve().map_err(|error| error.to_string()),
        Some(word) if word == "check" => check().map_err(|error| error.to_string()),
        _ => Err(String::from("usage: healthcheck serve|check")),
    };
    match outcome {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn check() -> Result<ExitCode, OptionsError> {
    let verdict = Probe::builder(format!("http://{ADDRESS}/health"))
        .timeout(Duration::from_secs(1))
        .contains("UP")
        .build()?
        .check();
    // Nobody may be there to read it, for which `println!` would panic.
    let _ = writeln!(io::stdout(), "{verdict}");
    Ok(if verdict.is_healthy() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn serve() -> io::Result<ExitCode> {
    for connection in TcpListener::bind(ADDRESS)?.incoming() {
        let mut connection = connection?;
        let head = BufReader::new(&connection).lines();
        head.map_while(Result::ok)
            .take_while(|line| !line.is_empty())
            .for_each(drop);
        connection
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{\"status\":\"UP\"}")?;
    }
    Ok(ExitCode::SUCCESS)
}
