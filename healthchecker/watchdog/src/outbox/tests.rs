//! What is told, to whom, in which order, and what not.

mod groups;
mod limits;
mod model;
mod mutes;
mod retries;
mod routes;
mod said;
mod world;

use world::{OPS, World};
