package shop

class Service(private val store: Store) {
    fun name(id: String): String {
        val status = Status.CLOSED
        return store.get(id) ?: status.name
    }
}
