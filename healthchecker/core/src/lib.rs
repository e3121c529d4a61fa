//! What a health probe decides, without a socket, a heap or std.
#![no_std]
