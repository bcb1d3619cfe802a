//! Larger tests: the vectors, round trips, talks with a data logger. They assert no wall-clock times.

mod rounds;
mod vectors;
