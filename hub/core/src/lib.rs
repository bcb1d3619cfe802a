//! The words of the house (`model`) and its seams (`seam`). This crate opens nothing and reads no clock: whatever
//! it needs of the outside is handed in. It knows no protocol, no SQL and no screen.

pub mod model;
pub mod seam;
