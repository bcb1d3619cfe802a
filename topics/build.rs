//! Makes cargo look at this folder again when a theme is added: the embedding macro knows only the files that it saw.
//! It generates nothing.

use std::io::Write as _;

fn main() -> std::io::Result<()> {
    writeln!(std::io::stdout(), "cargo::rerun-if-changed=.")
}
