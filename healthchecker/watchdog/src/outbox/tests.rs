//! What is told, and what not.
