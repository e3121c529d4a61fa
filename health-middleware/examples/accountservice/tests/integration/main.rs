//! The service as a process: what it answers, what breaks it, how it ends.

mod announce;
mod command_line;
mod database;
mod http;
mod lifecycle;
mod service;
