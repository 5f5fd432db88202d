enum Failure: Error {
    case timeout(seconds: Int)
    case refused
}
