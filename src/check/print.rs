//! A line for each target.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::phases::Outcome;
use super::target::Target;
use crate::message::harmless;
use crate::nc::exit::Exit;

/// Seconds of a day.
const DAY: i64 = 86_400;

/// What came of a target, as text or as a JSON object.
pub(super) fn line(target: &Target, outcome: &Outcome, tries: u32, json: bool) -> String {
    if json { object(target, outcome, tries).to_string() } else { text(target, outcome, tries) }
}

fn text(target: &Target, outcome: &Outcome, tries: u32) -> String {
    let mut parts = vec![if outcome.exit == Exit::Done { "ok  " } else { "FAIL" }.to_owned(), target.url.clone()];
    if !outcome.text.is_empty() {
        parts.push(outcome.text.clone());
    }
    if let Some(tls) = &outcome.tls {
        let days = days(tls.not_after).map(|days| format!(", certificate {days} days")).unwrap_or_default();
        parts.push(format!("{}{days}", tls.version));
    }
    let phases = outcome.phases.iter().map(|(name, time)| format!("{} {}", name.replace('_', " "), shown(*time)));
    parts.push(phases.chain([format!("total {}", shown(outcome.total))]).collect::<Vec<_>>().join(", "));
    if tries > 1 {
        parts.push(format!("{tries} tries"));
    }
    // A line is one, whatever a service says.
    harmless(&parts.join("  ").replace(['\n', '\t'], " "))
}

fn object(target: &Target, outcome: &Outcome, tries: u32) -> Value {
    let mut object = Map::new();
    let mut put = |name: &str, value: Value| object.insert(name.to_owned(), value);
    put("target", json!(target.url));
    put("ok", json!(outcome.exit == Exit::Done));
    put("code", json!(outcome.exit.code()));
    put("result", json!(outcome.exit.name()));
    put("message", json!(outcome.text));
    put("tries", json!(tries));
    if let Some(address) = outcome.address {
        put("address", json!(address.ip().to_string()));
        put("port", json!(address.port()));
    }
    for (name, time) in &outcome.phases {
        put(&format!("{name}_ms"), json!(milliseconds(*time)));
    }
    put("total_ms", json!(milliseconds(outcome.total)));
    if let Some(status) = outcome.status {
        put("status", json!(status));
    }
    if let Some(tls) = &outcome.tls {
        put("tls_version", json!(tls.version));
        put("tls_cipher", json!(tls.suite));
        put("tls_protocol", json!(tls.protocol));
        put("certificate_days", json!(days(tls.not_after)));
    }
    Value::Object(object)
}

/// Days until a certificate is valid no more.
fn days(not_after: Option<i64>) -> Option<i64> {
    not_after.map(|end| (end - Timestamp::now().as_second()).div_euclid(DAY))
}

fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}

fn shown(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}
