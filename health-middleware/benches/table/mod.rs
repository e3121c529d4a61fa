//! A table of what was measured, with its budgets and verdicts.

use std::fmt::Write;
use std::process::ExitCode;

/// Rows that are printed as they come.
pub(crate) struct Table {
    missed: usize,
}

impl Table {
    pub(crate) fn new(title: &str) -> Self {
        println!("\n{title}\n");
        println!(
            "| {:<58} | {:>16} | {:>16} | {:<6} |",
            "what", "measured", "budget", ""
        );
        println!("|{:-<60}|{:->17}:|{:->17}:|{:-<8}|", "", "", "", "");
        Self { missed: 0 }
    }

    /// A figure that has no budget.
    pub(crate) fn note(&mut self, what: &str, measured: &str) {
        self.row(what, measured, "", "");
    }

    /// A figure that must be within its budget.
    pub(crate) fn check(&mut self, what: &str, measured: &str, budget: &str, met: bool) {
        self.missed += usize::from(!met);
        self.row(what, measured, budget, if met { "met" } else { "MISSED" });
    }

    fn row(&mut self, what: &str, measured: &str, budget: &str, verdict: &str) {
        let mut line = String::new();
        let _ = write!(
            line,
            "| {what:<58} | {measured:>16} | {budget:>16} | {verdict:<6} |"
        );
        println!("{line}");
    }

    /// Fails the run where a budget was missed.
    pub(crate) fn finish(self) -> ExitCode {
        if self.missed == 0 {
            ExitCode::SUCCESS
        } else {
            println!("\n{} budgets missed", self.missed);
            ExitCode::FAILURE
        }
    }
}

/// The middle one.
#[allow(dead_code, reason = "not every benchmark has runs to choose from")]
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Seconds that this thread has been on a processor: what a busy machine does
/// beside it does not count (`clock_gettime(2)`).
#[allow(dead_code, reason = "not every benchmark is of one thread")]
pub(crate) fn cpu_seconds() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}
