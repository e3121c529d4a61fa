//! The endpoints over HTTP, as a layer and alone.
//!
//! May touch `engine`, `render`, `report` and `testability`, and at the root
//! `answer` and `error`.

mod body;
mod endpoints;
mod future;
mod layer;
mod negotiate;
mod paths;
mod refuse;
mod respond;
mod route;
mod service;
mod standalone;
mod surface;
#[cfg(feature = "testability")]
mod switching;

pub use body::{FromBytes, HealthBody, MakeBody, MakeWith, ResponseBody};
pub(crate) use endpoints::{Config, Endpoints};
pub use future::ResponseFuture;
pub use layer::HealthLayer;
#[cfg(any(test, fuzzing))]
pub(crate) use negotiate::format as preferred_format;
pub use paths::Paths;
#[cfg(any(test, fuzzing))]
pub(crate) use route::Route;
pub(crate) use route::Routes;
pub use service::HealthService;
pub use standalone::EndpointService;
pub use surface::Surface;
