//! Larger tests: the vectors, streams, conversations.

mod property;
mod stream;
mod vectors;
