print("qosdiff")
