//! What only JetStream can do to a log: be set up wrongly, and lose answers and consumers.

mod between;
mod losses;
mod refusals;

use kith_eventlog::log::jetstream::{Config, JetStream};
use kith_testkit::NatsServer;

async fn server() -> NatsServer {
    NatsServer::start().await.expect("a nats-server")
}

fn config(url: String) -> Config {
    Config {
        url,
        credentials: None,
        shards: 2,
        replicas: 1,
    }
}

async fn connect(url: String) -> JetStream {
    JetStream::connect(&config(url)).await.expect("connects")
}

/// The server as its operator reaches it.
async fn operator(url: String) -> async_nats::jetstream::Context {
    let client = async_nats::connect(url).await.expect("connects");
    async_nats::jetstream::new(client)
}
