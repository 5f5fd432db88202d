package shop

class Store(private val limit: Int) {
    fun get(key: String): String? {
        if (key.length > limit) return null
        return key
    }
}
