use std::process::ExitCode;
use std::time::Duration;

/// Rows that are printed as they come.
pub(crate) struct Table {
    missed: usize,
}

impl Table {
    pub(crate) fn new() -> Self {
        println!("| what | bar | found |\n|---|--:|--:|");
        Self { missed: 0 }
    }

    /// A figure that has no bar.
    pub(crate) fn note(&mut self, what: &str, found: &str) {
        println!("| {what} |  | {found} |");
    }

    /// A figure that must reach its bar, or stay below it.
    pub(crate) fn check(&mut self, what: &str, bar: &str, found: &str, is_met: bool) {
        self.missed += usize::from(!is_met);
        let verdict = if is_met { "" } else { ", **missed**" };
        println!("| {what} | {bar} | {found}{verdict} |");
    }

    /// Fails the run where a bar was missed.
    pub(crate) fn finish(self) -> ExitCode {
        if self.missed == 0 {
            return ExitCode::SUCCESS;
        }
        eprintln!("{} bars missed", self.missed);
        ExitCode::FAILURE
    }
}

/// `1,234,567`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

pub(crate) fn millis(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}

pub(crate) fn seconds(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}

/// Of sorted values the one that so many of a hundred are not above.
pub(crate) fn quantile(sorted: &[Duration], of_hundred: usize) -> Duration {
    sorted[(sorted.len() - 1) * of_hundred / 100]
}

/// `p50 / p99 / max` of values, and the p99.
pub(crate) fn spread(mut values: Vec<Duration>) -> (String, Duration) {
    values.sort_unstable();
    let p99 = quantile(&values, 99);
    let all = [quantile(&values, 50), p99, values[values.len() - 1]];
    (all.map(millis).join(" / "), p99)
}
