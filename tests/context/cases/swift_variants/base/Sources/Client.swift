struct Client {
    func open() throws -> Pool {
        return Pool(size: 3)
    }

    func check(_ pool: Pool) throws {
    }
}
