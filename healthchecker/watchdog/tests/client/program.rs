//! The program in a directory and an environment of its own.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::server::Server;

pub(crate) const TOKEN: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

/// A directory that goes when the test has ended.
#[derive(Debug)]
pub(crate) struct Directory(PathBuf);

impl Directory {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let next = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("client-{}-{next}", std::process::id());
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(path.join("home")).expect("a directory");
        symlink(env!("CARGO_BIN_EXE_watchdog"), path.join("wd")).expect("a link");
        Self(path)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, content).expect("a file");
        path
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The program to be, with a token.
#[derive(Debug)]
pub(crate) struct Program {
    pub(crate) command: Command,
    pub(crate) directory: Directory,
}

impl Program {
    pub(crate) fn watchdog(words: &[&str]) -> Self {
        Self::named(
            env!("CARGO_BIN_EXE_watchdog").into(),
            Directory::new(),
            words,
        )
    }

    pub(crate) fn wd(words: &[&str]) -> Self {
        let directory = Directory::new();
        Self::named(directory.path("wd"), directory, words)
    }

    fn named(program: PathBuf, directory: Directory, words: &[&str]) -> Self {
        let mut command = Command::new(program);
        command
            .args(words)
            .current_dir(&directory.0)
            .env_clear()
            .env("HOME", directory.path("home"))
            .env("WD_TOKEN", TOKEN)
            // Nobody asks it.
            .env("http_proxy", "http://127.0.0.1:1")
            .env("HTTPS_PROXY", "http://127.0.0.1:1");
        // Coverage and the like.
        if let Some(value) = std::env::var_os("LLVM_PROFILE_FILE") {
            command.env("LLVM_PROFILE_FILE", value);
        }
        Self { command, directory }
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn to(self, servers: &[&Server]) -> Self {
        let urls: Vec<_> = servers.iter().map(|server| server.url()).collect();
        self.env("WD_ENDPOINTS", &urls.join(","))
    }

    pub(crate) fn output(mut self) -> Output {
        self.command.output().expect("it runs")
    }

    /// Its exit code, stdout and stderr.
    pub(crate) fn ends(self) -> (Option<i32>, String, String) {
        let output = self.output();
        (
            output.status.code(),
            String::from_utf8(output.stdout).expect("UTF-8"),
            String::from_utf8(output.stderr).expect("UTF-8"),
        )
    }

    /// It is done, and says this.
    #[track_caller]
    pub(crate) fn says(self, expected: &str) {
        assert_eq!(self.ends(), (Some(0), expected.to_owned(), String::new()));
    }

    /// It is not done, and one line on stderr begins so.
    #[track_caller]
    pub(crate) fn refuses(self, expected: &str) -> String {
        let (code, out, err) = self.ends();
        assert_eq!((code, &*out), (Some(1), ""), "{err}");
        assert!(
            err.starts_with(expected),
            "{err:?} begins not with {expected:?}"
        );
        assert_eq!(err.lines().count(), 1, "{err:?}");
        err
    }
}
