//! The filter expression, from the command line or the file of `-F`.

use std::fs::File;
use std::io::{self, Read};

use super::{Failure, reason};
use crate::cli::Args;

/// The expression of a run; in a file `#` starts a comment.
pub(crate) fn read(args: &Args) -> Result<String, Failure> {
    let Some(path) = &args.filter_file else { return Ok(args.expression.clone()) };
    let shown = path.display();
    let mut octets = Vec::new();
    if path.as_os_str() == "-" {
        io::stdin().read_to_end(&mut octets)
    } else {
        let mut file =
            File::open(path).map_err(|error| Failure::Text(format!("can't open {shown}: {}", reason(&error))))?;
        file.read_to_end(&mut octets)
    }
    .map_err(|error| Failure::Text(format!("{shown}: {}", reason(&error))))?;
    let text = String::from_utf8_lossy(&octets);
    let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default());
    Ok(lines.collect::<Vec<_>>().join("\n").trim().to_owned())
}

/// Both of two expressions.
pub(super) fn joined(expression: &str, more: &str) -> String {
    if expression.is_empty() { more.to_owned() } else { format!("({expression}) and ({more})") }
}
