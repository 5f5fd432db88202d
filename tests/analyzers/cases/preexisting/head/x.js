try { a() } catch (e) { }
b()
