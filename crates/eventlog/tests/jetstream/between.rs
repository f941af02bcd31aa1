//! Somebody between a client and the server, who does something at a certain word.

use std::sync::Mutex;

use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use kith_testkit::NatsServer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What becomes of the words that were waited for.
pub(super) enum Then {
    /// They go on to the server.
    Forward,
    /// They are lost, and with them the connection.
    Cut,
}

type Deed = Box<dyn FnOnce() -> BoxFuture<'static, Then> + Send>;

/// Passes on what client and server say to each other.
pub(super) struct Between {
    listener: TcpListener,
    server: String,
    word: &'static str,
    deed: Mutex<Option<Deed>>,
}

impl Between {
    /// Does the deed when the client first says the word.
    pub(super) async fn at(
        word: &'static str,
        server: &NatsServer,
        deed: impl FnOnce() -> BoxFuture<'static, Then> + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("binds");
        Self {
            listener,
            server: server.url().trim_start_matches("nats://").to_owned(),
            word,
            deed: Mutex::new(Some(Box::new(deed))),
        }
    }

    /// Where a client connects to.
    pub(super) fn url(&self) -> String {
        format!("nats://{}", self.listener.local_addr().expect("bound"))
    }

    /// Passes words on while `work` is done; the deed must have been done then.
    pub(super) async fn during<T>(&self, work: impl Future<Output = T>) -> T {
        let pass_on = async {
            let mut connections = FuturesUnordered::new();
            loop {
                tokio::select! {
                    accepted = self.listener.accept() => {
                        connections.push(self.connection(accepted.expect("accepts").0));
                    }
                    Some(_) = connections.next() => {}
                }
            }
        };
        let done = tokio::select! {
            done = work => done,
            () = pass_on => unreachable!("it accepts for ever"),
        };
        let undone = self.deed.lock().expect("unpoisoned");
        assert!(undone.is_none(), "the client never said {}", self.word);
        done
    }

    async fn connection(&self, client: TcpStream) -> std::io::Result<()> {
        let server = TcpStream::connect(&self.server).await?;
        let (mut from_client, mut to_client) = client.into_split();
        let (mut from_server, mut to_server) = server.into_split();
        let answers = tokio::io::copy(&mut from_server, &mut to_client);
        let questions = async {
            let mut words = vec![0; 64 * 1024];
            loop {
                let length = from_client.read(&mut words).await?;
                if length == 0 || self.hears(&words[..length]).await {
                    return Ok(());
                }
                to_server.write_all(&words[..length]).await?;
            }
        };
        tokio::select! {
            ended = answers => ended.map(drop),
            ended = questions => ended,
        }
    }

    /// Whether the connection is to be cut.
    async fn hears(&self, words: &[u8]) -> bool {
        let word = self.word.as_bytes();
        if !words.windows(word.len()).any(|said| said == word) {
            return false;
        }
        let deed = self.deed.lock().expect("unpoisoned").take();
        match deed {
            Some(deed) => matches!(deed().await, Then::Cut),
            None => false,
        }
    }
}
