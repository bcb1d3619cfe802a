//! Larger tests: the vectors, round trips, talks with a data logger. They assert no wall-clock times.

mod gaps;
mod line;
mod orders;
mod rounds;
mod talks;
mod values;
mod vectors;
