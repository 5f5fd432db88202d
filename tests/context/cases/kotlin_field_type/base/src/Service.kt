package shop

class Service(private val store: Store) {
    fun name(id: String): String {
        return id
    }
}
