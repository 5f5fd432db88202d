use std::collections::BTreeMap;

#[derive(Debug, PartialEq)]
pub struct Error {
    pub line: usize,
    pub message: String,
}

pub type Sections = BTreeMap<String, BTreeMap<String, String>>;

/// Reads `[section]` and `key = value` lines; `#` begins a comment line.
pub fn parse(text: &str) -> Result<Sections, Error> {
    let mut sections = Sections::new();
    let mut current = String::new();
    for (index, raw) in text.lines().enumerate() {
        let line = raw.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if line.starts_with('[') {
            if !line.ends_with(']') || line.len() < 3 {
                return Err(Error { line: index + 1, message: format!("bad section {line}") });
            }
            current = line[1..line.len() - 1].trim().to_string();
            sections.entry(current.clone()).or_default();
            continue;
        }
        match line.find('=') {
            None => return Err(Error { line: index + 1, message: format!("no = in {line}") }),
            Some(at) => {
                let key = line[..at].trim();
                let value = line[at + 1..].trim();
                if key.is_empty() {
                    return Err(Error { line: index + 1, message: "no key".to_string() });
                }
                sections.entry(current.clone()).or_default().insert(key.to_string(), value.to_string());
            }
        }
    }
    Ok(sections)
}
