//! The query language of OGC SensorThings API 1.1 (18-088): which sets, properties and ways between them there are,
//! addresses, query options and `$filter`. Texts in, words out, with bounds on depth and size; it opens nothing and knows
//! neither board nor store. Public crates that parse OData filters know neither paths nor SensorThings' own functions,
//! and have no bound on depth.

mod address;
mod bounds;
mod eval;
mod filter;
mod mistake;
mod model;
mod options;
mod token;
mod value;

pub use address::{Address, Hop, Tail};
pub use bounds::{Bounds, Split, split};
pub use eval::{Look, passes, value};
pub use filter::{Arithmetic, Comparison, Expr, Function, parse};
pub use mistake::Mistake;
pub use model::{ID, Nav, Path, Property, SETS, Set, Type};
pub use options::{Expand, Options, Order, PAGE, PAGE_MAX, SKIP_MAX, Select};
pub use value::Val;
