// What Rust's library asks of a kernel: threads, channels, files, processes,
// sockets, sleeps, and panics that are caught.
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::process::{exit, Command, Stdio};
use std::sync::mpsc::{channel, RecvTimeoutError};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

fn threads() {
    let sum = Arc::new(Mutex::new(0));
    let all: Vec<_> = (1..=16)
        .map(|n| {
            let sum = Arc::clone(&sum);
            thread::spawn(move || {
                for _ in 0..1000 {
                    *sum.lock().unwrap() += n;
                }
                n * n
            })
        })
        .collect();
    let squares: u32 = all.into_iter().map(|t| t.join().unwrap()).sum();
    println!("threads {} {}", sum.lock().unwrap(), squares);
}

fn channels() {
    let (sender, receiver) = channel();
    for n in 0..4 {
        let sender = sender.clone();
        thread::Builder::new()
            .name(format!("sender {}", n))
            .stack_size(64 << 10)
            .spawn(move || {
                thread::sleep(Duration::from_millis(20 * (n + 1)));
                sender.send(n).unwrap();
            })
            .unwrap();
    }
    drop(sender);
    println!("channel {:?}", receiver.iter().collect::<Vec<_>>());
    let (_kept, receiver) = channel::<u8>();
    let late = receiver.recv_timeout(Duration::from_millis(10));
    println!("late {}", late == Err(RecvTimeoutError::Timeout));
}

fn condition() {
    let pair = Arc::new((Mutex::new(false), Condvar::new()));
    let other = Arc::clone(&pair);
    let setter = thread::spawn(move || {
        thread::sleep(Duration::from_millis(10));
        *other.0.lock().unwrap() = true;
        other.1.notify_all();
    });
    let mut ready = pair.0.lock().unwrap();
    while !*ready {
        ready = pair.1.wait(ready).unwrap();
    }
    println!("ready {}", *ready);
    drop(ready);
    setter.join().unwrap();
}

fn files() -> io::Result<()> {
    fs::write("text", "one\ntwo\nthree\n")?;
    let file = File::open("text")?;
    println!("{} bytes", file.metadata()?.len());
    for line in BufReader::new(file).lines() {
        print!("{} ", line?);
    }
    println!();
    fs::create_dir_all("a/b/c")?;
    fs::rename("text", "a/moved")?;
    fs::copy("a/moved", "copied")?;
    let mut names: Vec<_> = fs::read_dir(".")?
        .map(|entry| entry.unwrap().file_name())
        .collect();
    names.sort();
    println!("{:?} {}", names, fs::read_to_string("copied")?.len());
    fs::remove_dir_all("a")?;
    println!("{}", fs::metadata("a").unwrap_err());
    Ok(())
}

fn processes() -> io::Result<()> {
    let mut child = Command::new("tr")
        .args(["a-z", "A-Z"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    child.stdin.take().unwrap().write_all(b"through a pipe\n")?;
    let output = child.wait_with_output()?;
    print!("{}", String::from_utf8_lossy(&output.stdout));
    let both = Command::new("sh")
        .args(["-c", "echo $WORD; echo bad >&2; exit 7"])
        .env("WORD", "good")
        .output()?;
    println!("{:?} {:?} {}", both.stdout, both.stderr, both.status);
    let mut child = Command::new("sleep").arg("60").spawn()?;
    child.kill()?;
    println!("{}", child.wait()?);
    println!("{}", Command::new("/no/such").spawn().unwrap_err());
    Ok(())
}

fn sockets() -> io::Result<()> {
    let listener = UnixListener::bind("socket")?;
    let echo = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        stream.write_all(text.to_uppercase().as_bytes()).unwrap();
    });
    let mut stream = UnixStream::connect("socket")?;
    stream.write_all(b"echo\n")?;
    stream.shutdown(std::net::Shutdown::Write)?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    echo.join().unwrap();
    print!("{}", answer);
    fs::remove_file("socket")
}

fn main() {
    println!("Hello from Rust, {}", std::env::consts::ARCH);
    threads();
    channels();
    condition();
    files().unwrap();
    processes().unwrap();
    sockets().unwrap();
    let start = Instant::now();
    thread::sleep(Duration::from_millis(30));
    println!("slept {}", start.elapsed() >= Duration::from_millis(30));
    let ended = thread::spawn(|| panic!("on purpose")).join();
    println!("caught {}", ended.is_err());
    exit(42);
}
