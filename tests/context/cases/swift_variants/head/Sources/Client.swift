struct Client {
    func open() throws -> Pool {
        return Pool(size: 3)
    }

    func check(_ pool: Pool) throws {
        if pool.size == 0 { throw Failure.timeout(seconds: 1) }
    }
}
