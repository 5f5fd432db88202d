use std::collections::HashMap;

#[derive(Default)]
pub struct Store {
    values: HashMap<String, Vec<u8>>,
}

impl Store {
    pub fn set(&mut self, key: &str, value: Vec<u8>) {
        self.values.insert(key.to_string(), value);
    }

    pub fn get(&self, key: &str) -> Option<&[u8]> {
        self.values.get(key).map(Vec::as_slice)
    }
}
