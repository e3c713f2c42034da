from tests.runtime.test_guarded_loop import bench

__all__ = ["bench"]
