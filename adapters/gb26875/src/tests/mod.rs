//! Larger tests: the vectors, streams, conversations.

mod device;
mod fuzz_corpus;
mod property;
mod states;
mod stream;
mod talk;
mod vectors;
mod world;
