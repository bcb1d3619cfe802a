//! Recorded questions of external brokers, and their answers.
