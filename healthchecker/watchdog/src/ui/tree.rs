//! The watches as a tree of their labels, with how many are down beneath each.

use maud::{Markup, html};

use super::pick::Picked;
use super::row::Row;
use super::text::{grouped, labels};
use crate::watches::{Millis, Namespace};
use crate::words;

/// So deep it goes; what is deeper has its labels in one. Browsers open no more than 512 elements.
const DEEPEST: usize = 60;

/// The tree as a part that is sent.
pub(crate) fn tree(picked: &Picked, now: Millis) -> Markup {
    branches(picked, now)
}

pub(super) fn branches(picked: &Picked, now: Millis) -> Markup {
    let mut rows: Vec<_> = picked.rows.iter().map(Leaf::new).collect();
    rows.sort_unstable_by(|leaf, other| leaf.labels.cmp(&other.labels));
    html! {
        section #tree aria-label="The tree" { ul { (grown(&rows, 0, 0, "", now)) } }
    }
}

/// A watch, and its labels with that of its namespace before them.
struct Leaf<'a> {
    row: &'a Row,
    labels: Vec<&'a str>,
}

impl<'a> Leaf<'a> {
    fn new(row: &'a Row) -> Self {
        let namespace = row.key.namespace();
        let mut labels = labels(&row.key);
        if namespace != Namespace::Named {
            labels.insert(0, namespace.word());
        }
        Self { row, labels }
    }

    /// How what follows the first labels is shown.
    fn rest(&self, at: usize) -> String {
        let between = match self.row.key.namespace() {
            Namespace::Registry => " / ",
            _ => ".",
        };
        self.labels[at..].join(between)
    }
}

/// What stands below the first `at` labels, which all have. `path` is where that is.
fn grown(leaves: &[Leaf<'_>], at: usize, depth: usize, path: &str, now: Millis) -> Markup {
    html! {
        @for group in leaves.chunk_by(|one, other| one.labels.get(at) == other.labels.get(at)) {
            @if let [leaf] = group {
                (leaf.row.leaf(&leaf.rest(at.min(leaf.labels.len() - 1)), now))
            } @else if depth == DEEPEST {
                @for leaf in group { (leaf.row.leaf(&leaf.rest(at), now)) }
            } @else {
                (branch(group, at, depth, path, now))
            }
        }
    }
}

/// What has a label in common, and every further one that all have.
fn branch(group: &[Leaf<'_>], at: usize, depth: usize, path: &str, now: Millis) -> Markup {
    let (first, last) = (&group[0].labels, &group[group.len() - 1].labels);
    let common = first.iter().zip(last).take_while(|(a, b)| a == b).count();
    let common = common.max(at + 1);
    let label = first[at..common.min(first.len())].join(".");
    let label = words::one_line(&label);
    let path = format!("{path}/{label}");
    // One that ends here has the name of all.
    let (own, rest) = match group {
        [own, rest @ ..] if own.labels.len() <= common => (Some(own), rest),
        _ => (None, group),
    };
    let down = group.iter().filter(|leaf| leaf.row.state.is_down()).count();
    html! {
        li {
            details data-path=(path) open[down > 0] {
                summary class=(if down > 0 { "down" } else { "good" }) {
                    bdi { (label) } " "
                    span.state { (grouped(down)) " of " (grouped(group.len())) " down" }
                }
                ul {
                    @if let Some(own) = own { (own.row.leaf(&label, now)) }
                    (grown(rest, common, depth + 1, &path, now))
                }
            }
        }
    }
}
