final class Pool {
    let size: Int

    init(size: Int, name: String) {
        self.size = size
    }
}
