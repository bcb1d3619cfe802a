//! Larger tests: the vectors, streams, conversations.
