//! The layer in front of real services, the engine behind it, in one binary.

mod smoke;
