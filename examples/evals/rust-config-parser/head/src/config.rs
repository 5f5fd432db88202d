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
        match item(raw.trim()).map_err(|message| Error { line: index + 1, message })? {
            Item::Nothing => {}
            Item::Section(name) => {
                current = name.to_string();
                sections.entry(current.clone()).or_default();
            }
            Item::Pair(key, value) => {
                sections.entry(current.clone()).or_default().insert(key.to_string(), value.to_string());
            }
        }
    }
    Ok(sections)
}

enum Item<'a> {
    Nothing,
    Section(&'a str),
    Pair(&'a str, &'a str),
}

/// What a line holds that is trimmed already.
fn item(line: &str) -> Result<Item<'_>, String> {
    if line.is_empty() || line.starts_with('#') {
        return Ok(Item::Nothing);
    }
    if let Some(rest) = line.strip_prefix('[') {
        return match rest.strip_suffix(']') {
            Some(name) if !name.is_empty() => Ok(Item::Section(name.trim())),
            _ => Err(format!("bad section {line}")),
        };
    }
    let (key, value) = line.split_once('=').ok_or_else(|| format!("no = in {line}"))?;
    match key.trim() {
        "" => Err("no key".to_string()),
        key => Ok(Item::Pair(key, value.trim())),
    }
}
