use super::*;
use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio, id};

#[test]
fn descent() {
    let parents = HashMap::from([(9, 8), (8, 5), (5, 1), (1, 0), (20, 21), (21, 20), (6, 1)]);
    let parent = |process| parents.get(&process).copied();
    for (process, ancestor, is_descendant) in [
        (9, 5, true),
        (8, 5, true),
        (5, 5, false),
        (6, 5, false),
        (1, 5, false),
        (99, 5, false),
        (20, 5, false),
        (9, 1, true),
    ] {
        assert_eq!(
            descends(process, ancestor, parent),
            is_descendant,
            "{process} from {ancestor}"
        );
    }
    let below = |process: u32| process.checked_sub(1);
    assert!(descends(1 + 128, 1, below));
    assert!(!descends(2 + 128, 1, below));
}

/// `sh` whose child is `process`, with that child's number.
fn family(process: &str) -> (Child, u32) {
    let mut shell = Command::new("sh")
        .args(["-c", r#""$0" 1000 & echo $!; read -r _; kill $!"#, process])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("sh");
    let mut line = String::new();
    BufReader::new(shell.stdout.as_mut().expect("a pipe"))
        .read_line(&mut line)
        .expect("a line");
    (shell, line.trim().parse().expect("a number"))
}

#[test]
fn children_and_theirs() {
    let directory = std::env::temp_dir().join(format!("watchdog-access-{}", id()));
    std::fs::create_dir(&directory).expect("a directory");
    let odd = directory.join(") S 1 (");
    let sleep = ["/usr/bin/sleep", "/bin/sleep"]
        .into_iter()
        .find(|path| std::path::Path::new(path).exists())
        .expect("sleep");
    std::os::unix::fs::symlink(sleep, &odd).expect("a link");
    let (mut shell, child) = family(odd.to_str().expect("UTF-8"));
    let own = id();

    assert!(Access::Main.permits(shell.id(), shell.id(), own));
    assert!(!Access::Main.permits(child, shell.id(), own));
    for process in [shell.id(), child] {
        assert!(Access::All.permits(process, shell.id(), own));
        assert!(Access::All.permits(process, u32::MAX, own));
    }
    for stranger in [1, own, 0, u32::MAX] {
        assert!(!Access::Main.permits(stranger, shell.id(), own));
        assert!(!Access::All.permits(stranger, shell.id(), own));
    }
    assert!(!Access::All.permits(shell.id(), u32::MAX, child));

    drop(shell.stdin.take());
    shell.wait().expect("its end");
    assert!(!Access::All.permits(shell.id(), u32::MAX, own));
    std::fs::remove_dir_all(&directory).expect("an end to the directory");
}
