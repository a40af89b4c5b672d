"""What files of planning tools say: Microsoft Project XML, CSV. Bytes in, values out; every file is a stranger's."""
