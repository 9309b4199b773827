//! Whether both programs print the same: a ratio would mean nothing otherwise.

use std::error::Error;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{ChildStdout, Command, Stdio};

/// Packets that are compared.
const PACKETS: &str = "100000";

/// Compares the text of the first packets of `input` and says how it went.
pub fn text(args: &str, input: &Path) -> Result<String, Box<dyn Error>> {
    let print = |program: &str| {
        let mut command = Command::new(program);
        command.args([args, "-c", PACKETS, "-r"]).arg(input).env("TZ", "UTC").stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn()
    };
    let (mut sniff, mut tcpdump) = (print(env!("CARGO_BIN_EXE_sniff"))?, print("tcpdump")?);
    let (own, other) = (sniff.stdout.take().ok_or("no output")?, tcpdump.stdout.take().ok_or("no output")?);
    let difference = difference(own, other)?;
    sniff.wait()?;
    tcpdump.wait()?;
    Ok(match difference {
        Ok(lines) => format!("{args}: the text of {PACKETS} packets is the same, {lines} lines"),
        Err((at, own, other)) => format!("{args}: NOT THE SAME, line {at}:\n    sniff   {own}\n    tcpdump {other}"),
    })
}

/// The number of lines, or the first that is not the same with its number.
type Compared = Result<usize, (usize, String, String)>;

fn difference(own: ChildStdout, other: ChildStdout) -> Result<Compared, Box<dyn Error>> {
    let (mut own, mut other) = (BufReader::new(own), BufReader::new(other));
    let (mut left, mut right) = (String::new(), String::new());
    for at in 1.. {
        left.clear();
        right.clear();
        if own.read_line(&mut left)? + other.read_line(&mut right)? == 0 {
            return Ok(Ok(at - 1));
        }
        let (left, right) = (of_any_version(&left), of_any_version(&right));
        if left != right {
            return Ok(Err((at, left, right)));
        }
    }
    unreachable!("lines end")
}

/// A line without what tcpdump 4.99.6, which `sniff` follows, and the version
/// before it in Debian print differently: the comma before an IPv6 payload
/// length, and the mark on an HTTP body whose last line does not end.
fn of_any_version(line: &str) -> String {
    let line = line.trim_end_matches('\n');
    line.strip_suffix(" [|http]").unwrap_or(line).replace(") payload length: ", "), payload length ")
}
