package shop

enum class Status {
    OPEN,
    CLOSED,
}
