use crate::store::Store;
use std::io::{self, BufRead, Read, Write};

const LONGEST_LINE: u64 = 1024;
const LARGEST_VALUE: usize = 1 << 20;

/// Serves one client until it leaves: `SET key length`, then the bytes; `GET key`; `QUIT`.
pub fn serve(store: &mut Store, input: &mut impl BufRead, output: &mut impl Write) -> io::Result<()> {
    loop {
        let mut line = String::new();
        if input.take(LONGEST_LINE).read_line(&mut line)? == 0 {
            return Ok(());
        }
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["GET", key] => get(store, key, output)?,
            ["SET", key, length] => {
                let Ok(length) = length.parse::<usize>() else {
                    output.write_all(b"ERROR bad length\n")?;
                    return Ok(());
                };
                if length > LARGEST_VALUE {
                    output.write_all(b"ERROR too large\n")?;
                    return Ok(()); // what follows are the bytes, not commands
                }
                let mut value = vec![0; length];
                input.read_exact(&mut value)?;
                store.set(key, value);
                output.write_all(b"OK\n")?;
            }
            ["QUIT"] => return Ok(()),
            [] => {}
            _ => output.write_all(b"ERROR unknown command\n")?,
        }
    }
}

fn get(store: &Store, key: &str, output: &mut impl Write) -> io::Result<()> {
    match store.get(key) {
        None => output.write_all(b"NONE\n"),
        Some(value) => {
            writeln!(output, "VALUE {}", value.len())?;
            output.write_all(value)
        }
    }
}
