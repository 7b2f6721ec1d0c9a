"""The stand-in for OpenText Communications (Exstream): design assets, composition of real PDF/A, Notifications."""

from sandbox.exstream.standin import Exstream

__all__ = ["Exstream"]
