final class Pool {
    let size: Int

    init(size: Int) {
        self.size = size
    }
}
