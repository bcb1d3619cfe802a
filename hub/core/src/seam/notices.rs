//! The way out for what the hub itself has to say at a broker: a message, and the broker's word that it has it. What is lost
//! here is not lost: whoever wants it published keeps it until it is.

use std::sync::Arc;

use tokio::sync::{Mutex, mpsc, oneshot};

/// How many may wait for one adapter.
const WAITING: usize = 64;

/// A message to be published with QoS 1, not retained.
#[derive(Debug)]
pub struct Notice {
    /// Where.
    pub topic: String,
    /// What.
    pub payload: Vec<u8>,
    /// Told when the broker has it, or why it does not.
    pub taken: oneshot::Sender<Result<(), &'static str>>,
}

/// The adapter's end. Clones share one queue, so that an adapter that is started again goes on with it.
#[derive(Clone)]
pub struct Notices(Arc<Mutex<mpsc::Receiver<Notice>>>);

/// The sender's end of one link.
#[derive(Debug, Clone)]
pub struct NoticeSink(mpsc::Sender<Notice>);

/// The two ends of a link.
#[must_use]
pub fn notices() -> (NoticeSink, Notices) {
    let (tx, rx) = mpsc::channel(WAITING);
    (NoticeSink(tx), Notices(Arc::new(Mutex::new(rx))))
}

impl NoticeSink {
    /// Has a message published; answers when the broker has it.
    ///
    /// # Errors
    /// Why it does not, in words; the message may have gone out all the same.
    pub async fn publish(&self, topic: String, payload: Vec<u8>) -> Result<(), &'static str> {
        let (taken, answer) = oneshot::channel();
        let gone = "the connection to the broker is being started";
        self.0.send(Notice { topic, payload, taken }).await.map_err(|_| gone)?;
        answer.await.unwrap_or(Err(gone))
    }
}

impl Notices {
    /// The next message. Never ends; waits for ever when nobody has anything to say.
    pub async fn next(&self) -> Notice {
        match self.0.lock().await.recv().await {
            Some(notice) => notice,
            None => std::future::pending().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_message_is_answered_for_or_known_to_be_lost() {
        let (sink, notices) = notices();
        let adapter = async {
            let first = notices.next().await;
            assert_eq!((first.topic.as_str(), first.payload.as_slice()), ("a", &b"1"[..]));
            first.taken.send(Ok(())).unwrap();
            drop(notices.next().await); // an adapter that breaks off
        };
        let sender = async {
            assert_eq!(sink.publish("a".to_owned(), b"1".to_vec()).await, Ok(()));
            assert!(sink.publish("b".to_owned(), Vec::new()).await.is_err());
        };
        tokio::join!(adapter, sender);
        drop(notices);
        assert!(sink.publish("c".to_owned(), Vec::new()).await.is_err(), "nobody there");
    }
}
