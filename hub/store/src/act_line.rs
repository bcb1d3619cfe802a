//! The line of an act on its way: lent to whoever carries the act out, and written with what the act changes, last in its
//! transaction. Whoever lent it sees whether that happened, and writes it beside the act where there was none.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use chengshu_access::{AuditLine, mask_text};

use crate::{Batch, StoreError, Tx};

/// The line of an act (随行为同事务写入的审计记录). Clones are the same line.
#[derive(Debug, Clone)]
pub struct ActLine(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    line: Mutex<AuditLine>,
    written: AtomicBool,
}

impl ActLine {
    /// A line that says that the act was done.
    #[must_use]
    pub fn new(line: AuditLine) -> Self {
        Self(Arc::new(Inner { line: Mutex::new(line), written: AtomicBool::new(false) }))
    }

    /// What else should be known of it, by name: codes and parameters, no sentences.
    pub fn detail(&self, name: &str, value: impl ToString) {
        let mut line = self.0.line.lock().unwrap_or_else(PoisonError::into_inner);
        line.detail.insert(name.to_owned(), value.to_string());
    }

    /// Why it is done, as somebody said; numbers of persons in it are masked.
    pub fn reason(&self, words: &str) {
        self.0.line.lock().unwrap_or_else(PoisonError::into_inner).reason = Some(mask_text(words));
    }

    /// As it stands.
    #[must_use]
    pub fn line(&self) -> AuditLine {
        self.0.line.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// True once it was committed with its act.
    #[must_use]
    pub fn is_written(&self) -> bool {
        self.0.written.load(Ordering::SeqCst)
    }

    fn written(&self) {
        self.0.written.store(true, Ordering::SeqCst);
    }
}

impl Tx {
    /// Makes the act true together with its line, or neither.
    ///
    /// # Errors
    /// [`StoreError`]: nothing happened, unless the answer to the commit itself was lost.
    pub async fn commit_with(mut self, line: Option<&ActLine>) -> Result<(), StoreError> {
        if let Some(line) = line {
            self.audit_write(&[line.line()]).await?;
        }
        self.commit().await?;
        line.map(ActLine::written);
        Ok(())
    }
}

impl Batch {
    /// Makes the act true together with its line, or neither.
    ///
    /// # Errors
    /// [`StoreError`]: nothing happened, unless the answer to the commit itself was lost.
    pub async fn commit_with(mut self, line: Option<&ActLine>) -> Result<(), StoreError> {
        if let Some(line) = line {
            self.audit_write(&[line.line()]).await?;
        }
        self.commit().await?;
        line.map(ActLine::written);
        Ok(())
    }
}
