//! Expressions in CEL over the inputs of a rule. Names are numbers, the result is a number or yes or no; there are no
//! lists, texts or loops, so that every one is quick.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use cel::{Context, Env, Program, Value};
use chengshu_core::model::{Aggregate, RuleInput, Timestamp};

use crate::memory::Window;

/// Characters of an expression at most.
const LONGEST: usize = 500;
/// Brackets in brackets at most.
const DEEPEST: usize = 16;

static ENV: LazyLock<Arc<Env>> = LazyLock::new(|| Arc::new(env()));

/// The standard library, and `math.abs`, `math.greatest` and the like of cel-go.
fn env() -> Env {
    let mut env = Env::stdlib();
    if let Err(error) = env.add_extension(cel::extensions::math) {
        debug_assert!(false, "{error}");
    }
    env
}

/// A compiled expression and its inputs, in the order of their names.
#[derive(Debug)]
pub(crate) struct Expression {
    program: Program,
    inputs: Vec<Name>,
}

/// A name in an expression.
#[derive(Debug)]
struct Name {
    word: String,
    over_ms: i64,
    how: Aggregate,
}

impl Expression {
    /// Compiles.
    ///
    /// # Errors
    /// What is wrong with it, and what would be right.
    pub(crate) fn new(cel: &str, inputs: &BTreeMap<String, RuleInput>) -> Result<Self, String> {
        plain(cel)?;
        if inputs.is_empty() {
            return Err("has no inputs; expected a metric for each name in the expression".to_owned());
        }
        let program =
            ENV.compile(cel).map_err(|error| format!("is no CEL expression: {}", first_line(&error.to_string())))?;
        let named = program.references();
        for word in named.variables() {
            if !inputs.contains_key(word) && word != "math" {
                let known = inputs.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
                return Err(format!("names {word:?}, which is no input; expected one of {known}"));
            }
        }
        if let Some(word) = inputs.keys().find(|word| !named.has_variable(word)) {
            return Err(format!("has an input {word:?} that the expression does not name"));
        }
        let inputs = inputs.iter().map(|(word, input)| Name {
            word: word.clone(),
            over_ms: i64::from(input.over_s) * 1000,
            how: input.how,
        });
        let expression = Self { inputs: inputs.collect(), program };
        for trial in [0.5, 1.0, 1_000.0, -1.0] {
            expression.run(expression.inputs.iter().map(|_| trial)).map_err(|error| {
                format!("cannot be worked out ({error}); inputs are decimal numbers: write 2.0, not 2, beside + - * /")
            })?;
        }
        Ok(expression)
    }

    pub(crate) fn width(&self) -> usize {
        self.inputs.len()
    }

    pub(crate) fn over_ms(&self, input: usize) -> i64 {
        self.inputs.get(input).map_or(0, |name| name.over_ms)
    }

    /// Its value at `at`; none while an input is missing or too old to be believed.
    pub(crate) fn value(&self, windows: &[Window], at: Timestamp, gap_ms: i64) -> Option<f64> {
        let mut values = Vec::with_capacity(self.inputs.len());
        for (name, window) in self.inputs.iter().zip(windows) {
            let newest = window.newest().filter(|(time, _)| at.since(*time) <= gap_ms)?;
            values.push(match name.over_ms {
                0 => newest.1,
                over => window.aggregate(Timestamp::from_ms(at.ms() - over), name.how)?,
            });
        }
        // it was tried when it was compiled: what goes wrong now is a division or an overflow, and says nothing
        self.run(values.into_iter()).ok().filter(|value| value.is_finite())
    }

    fn run(&self, values: impl Iterator<Item = f64>) -> Result<f64, String> {
        let mut context = Context::with_env(Arc::clone(&ENV));
        for (name, value) in self.inputs.iter().zip(values) {
            context.add_variable_from_value(name.word.as_str(), value);
        }
        match self.program.execute(&context) {
            Ok(Value::Bool(yes)) => Ok(f64::from(u8::from(yes))),
            Ok(Value::Float(value)) => Ok(value),
            Ok(Value::Int(value)) => Ok(value as f64),
            Ok(Value::UInt(value)) => Ok(value as f64),
            Ok(_) => Err("its result is neither a number nor yes or no".to_owned()),
            Err(error) => Err(first_line(&error.to_string())),
        }
    }
}

/// Only what numbers need: no list, no text, no loop.
fn plain(cel: &str) -> Result<(), String> {
    if cel.trim().is_empty() || cel.chars().count() > LONGEST {
        return Err(format!("has {} characters; expected 1 to {LONGEST}", cel.chars().count()));
    }
    let fits = |c: char| c.is_ascii_alphanumeric() || " \n\t_.,<>=!&|()+-*/%?:".contains(c);
    if let Some(wrong) = cel.chars().find(|c| !fits(*c)) {
        return Err(format!("has {wrong:?} in it; expected names, numbers, brackets and < > = ! && || + - * / % ? :"));
    }
    let mut depth = 0usize;
    for c in cel.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST {
            return Err(format!("has more than {DEEPEST} brackets in one another; expected fewer"));
        }
    }
    Ok(())
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}
