//! The same by real sockets, on a clock that runs a hundred times as fast. Asserts nothing that a slow machine would change.

use std::future::Future;

use bytes::Bytes;
use chengshu_core::seam::Clock;
use futures_util::future::BoxFuture;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpStream, UdpSocket};
use tokio::sync::oneshot;

use super::*;

/// Between two reports.
const EVERY_MS: i64 = 20_000;

struct Fast(SystemClock);

impl Clock for Fast {
    fn now(&self) -> Timestamp {
        Timestamp::from_ms(START + self.monotonic().as_millis() as i64)
    }

    fn monotonic(&self) -> Duration {
        self.0.monotonic() * 100
    }

    fn sleep(&self, span: Duration) -> BoxFuture<'static, ()> {
        self.0.sleep(span / 100)
    }
}

fn station() -> Sl651Device {
    // it waits long for a confirmation, so that a slow machine makes it repeat nothing
    Sl651Device::new(chengshu_sl651::DeviceSetup { resend_ms: 50_000, ..chengshu_sl651::DeviceSetup::default() })
}

async fn write(stream: &mut TcpStream, frames: Vec<Bytes>) -> std::io::Result<()> {
    for frame in frames {
        stream.write_all(&frame).await?;
    }
    Ok(())
}

/// One connection, until the other end lets go.
async fn live(to: SocketAddr, device: &mut Sl651Device, n: &mut i64, clock: &Fast) -> std::io::Result<()> {
    let mut stream = TcpStream::connect(to).await?;
    write(&mut stream, device.connected(clock.now())).await?;
    let mut buffer = BytesMut::new();
    loop {
        let now = clock.now();
        tokio::select! {
            biased;
            read = stream.read_buf(&mut buffer) => {
                if read? == 0 {
                    return Ok(());
                }
                let answer = device.hear(&mut buffer, now);
                write(&mut stream, answer).await?;
            }
            () = clock.sleep(Duration::from_secs(2)) => {
                let mut said = device.tick(now);
                if now.ms() / EVERY_MS > *n {
                    *n = now.ms() / EVERY_MS;
                    said.extend(device.report(&level(*n), now));
                }
                write(&mut stream, said).await?;
            }
        }
    }
}

/// Examines whatever `client` does at the address that it gets.
fn examined<F: Future<Output = ()> + Send>(
    udp: bool,
    minutes: f64,
    client: impl FnOnce(SocketAddr, Arc<Fast>) -> F,
) -> Report {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (exam, protocol) = exam("sl651", udp, minutes).unwrap();
        let clock = Arc::new(Fast(SystemClock::new()));
        let (tell, told) = oneshot::channel();
        let bound = move |address| tell.send(address).unwrap();
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let examination =
            proctor(any, exam, protocol, clock.clone(), CancellationToken::new(), bound, Box::new(|_| {}));
        let device = async {
            client(told.await.unwrap(), clock.clone()).await;
            std::future::pending::<()>().await;
        };
        tokio::select! {
            ended = examination => ended.unwrap().report("", "0", clock.now()),
            () = device => unreachable!("it stays away for ever"),
        }
    })
}

#[test]
fn a_device_by_tcp_passes_and_one_that_stays_away_does_not() {
    let report = examined(false, 30.0, |to, clock| async move {
        let (mut device, mut n) = (station(), 0);
        loop {
            let _ = live(to, &mut device, &mut n, &clock).await; // cut on purpose
            clock.sleep(Duration::from_secs(10)).await;
        }
    });
    assert_eq!(report.conclusion(), Conclusion::Passed, "{}", text(&report, Lang::En));

    let report = examined(false, 4.0, |to, clock| async move {
        let _ = live(to, &mut station(), &mut 0, &clock).await;
    });
    assert!(failed(&report).contains(&"comes_back"), "{}", text(&report, Lang::En));
}

#[test]
fn a_device_by_udp_is_examined() {
    let report = examined(true, 30.0, |to, clock| async move {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let (mut device, mut n) = (station(), 0);
        let mut said = device.connected(clock.now());
        let mut bytes = [0; 2048];
        loop {
            for frame in said.drain(..) {
                socket.send_to(&frame, to).await.unwrap();
            }
            tokio::select! {
                biased;
                read = socket.recv(&mut bytes) => {
                    let mut heard = BytesMut::from(&bytes[..read.unwrap()]);
                    said.extend(device.hear(&mut heard, clock.now()));
                }
                () = clock.sleep(Duration::from_secs(2)) => {
                    let now = clock.now();
                    said.extend(device.tick(now));
                    if now.ms() / EVERY_MS > n {
                        n = now.ms() / EVERY_MS;
                        said.extend(device.report(&level(n), now));
                    }
                }
            }
        }
    });
    assert_eq!(report.conclusion(), Conclusion::Passed, "{}", text(&report, Lang::En));
}
