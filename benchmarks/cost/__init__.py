"""The measurements that bills are made from."""
