@@OPEN@@ HEAD
SIZE = 2
=======
SIZE = 3
@@CLOSE@@ topic
