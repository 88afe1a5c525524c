"""The calls of Windows that the host needs, made: kernel32 and, for security, advapi32.

Nothing is decided here. Source: Microsoft Learn, the pages named after the functions.
"""

from __future__ import annotations

import ctypes
import os
import sys
from ctypes import POINTER, byref, c_longlong, c_void_p
from ctypes.wintypes import BOOL, DWORD, HANDLE, LPCWSTR, LPVOID
from pathlib import Path

from xlflow.workbook.share.windows.calls import DACL, GROUP, OWNER, CallFailed, FileFacts
from xlflow.workbook.share.windows.errors import (
    ERROR_ACCESS_DENIED,
    ERROR_DELETE_PENDING,
    ERROR_HANDLE_EOF,
)
from xlflow.workbook.share.windows.names import extended
from xlflow.workbook.share.windows.structures import (
    FILE_INFORMATION_BYTES,
    STREAM_DATA_BYTES,
    basic_info,
    file_facts,
    rename_info,
    stream_name,
)

assert sys.platform == "win32"  # noqa: S101  # mypy reads on with --platform win32 only

_CREATE_NEW = 1
_OPEN_EXISTING = 3
_FILE_ATTRIBUTE_NORMAL = 0x80
_INVALID_HANDLE = c_void_p(-1).value
_INVALID_ATTRIBUTES = 0xFFFFFFFF
_FILE_BASIC_INFO = 0
_FILE_RENAME_INFO = 3
_FILE_BEGIN = 0
_STATUS_DELETE_PENDING = 0xC0000056
_DRIVE_REMOTE = 4
_CHUNK_BYTES = 1 << 20

_kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
_advapi32 = ctypes.WinDLL("advapi32", use_last_error=True)
_ntdll = ctypes.WinDLL("ntdll")

_CreateFileW = _kernel32.CreateFileW
_CreateFileW.argtypes = [LPCWSTR, DWORD, DWORD, LPVOID, DWORD, DWORD, HANDLE]
_CreateFileW.restype = HANDLE
_CloseHandle = _kernel32.CloseHandle
_CloseHandle.argtypes = [HANDLE]
_CloseHandle.restype = BOOL
_ReadFile = _kernel32.ReadFile
_ReadFile.argtypes = [HANDLE, LPVOID, DWORD, POINTER(DWORD), LPVOID]
_ReadFile.restype = BOOL
_WriteFile = _kernel32.WriteFile
_WriteFile.argtypes = [HANDLE, LPVOID, DWORD, POINTER(DWORD), LPVOID]
_WriteFile.restype = BOOL
_SetFilePointerEx = _kernel32.SetFilePointerEx
_SetFilePointerEx.argtypes = [HANDLE, c_longlong, LPVOID, DWORD]
_SetFilePointerEx.restype = BOOL
_FlushFileBuffers = _kernel32.FlushFileBuffers
_FlushFileBuffers.argtypes = [HANDLE]
_FlushFileBuffers.restype = BOOL
_GetFileInformationByHandle = _kernel32.GetFileInformationByHandle
_GetFileInformationByHandle.argtypes = [HANDLE, LPVOID]
_GetFileInformationByHandle.restype = BOOL
_SetFileInformationByHandle = _kernel32.SetFileInformationByHandle
_SetFileInformationByHandle.argtypes = [HANDLE, ctypes.c_int, LPVOID, DWORD]
_SetFileInformationByHandle.restype = BOOL
_GetFileAttributesW = _kernel32.GetFileAttributesW
_GetFileAttributesW.argtypes = [LPCWSTR]
_GetFileAttributesW.restype = DWORD
_GetDriveTypeW = _kernel32.GetDriveTypeW
_GetDriveTypeW.argtypes = [LPCWSTR]
_GetDriveTypeW.restype = ctypes.c_uint
_CreateDirectoryW = _kernel32.CreateDirectoryW
_CreateDirectoryW.argtypes = [LPCWSTR, LPVOID]
_CreateDirectoryW.restype = BOOL
_DeleteFileW = _kernel32.DeleteFileW
_DeleteFileW.argtypes = [LPCWSTR]
_DeleteFileW.restype = BOOL
_FindFirstStreamW = _kernel32.FindFirstStreamW
_FindFirstStreamW.argtypes = [LPCWSTR, ctypes.c_int, LPVOID, DWORD]
_FindFirstStreamW.restype = HANDLE
_FindNextStreamW = _kernel32.FindNextStreamW
_FindNextStreamW.argtypes = [HANDLE, LPVOID]
_FindNextStreamW.restype = BOOL
_FindClose = _kernel32.FindClose
_FindClose.argtypes = [HANDLE]
_FindClose.restype = BOOL
_GetFileSecurityW = _advapi32.GetFileSecurityW
_GetFileSecurityW.argtypes = [LPCWSTR, DWORD, LPVOID, DWORD, POINTER(DWORD)]
_GetFileSecurityW.restype = BOOL
_SetFileSecurityW = _advapi32.SetFileSecurityW
_SetFileSecurityW.argtypes = [LPCWSTR, DWORD, LPVOID]
_SetFileSecurityW.restype = BOOL
_RtlGetLastNtStatus = _ntdll.RtlGetLastNtStatus
_RtlGetLastNtStatus.argtypes = []
_RtlGetLastNtStatus.restype = DWORD


class Kernel32:
    """`WindowsCalls` on this machine."""

    def resolve(self, path: str) -> str:
        """GetFinalPathNameByHandleW, as far as the path exists."""
        # ".." and "/" mean nothing in the extended form
        absolute = extended(os.path.normpath(Path(path).absolute()))
        try:
            return os.path.realpath(absolute)
        except OSError:  # to open it will tell why
            return absolute

    def names(self, folder: str) -> list[str]:
        """FindFirstFileW."""
        try:
            return [entry.name for entry in Path(folder).iterdir()]
        except OSError as err:
            raise _failure(err.winerror or 0) from err

    def attributes(self, path: str) -> int:
        """GetFileAttributesW."""
        attributes: int = _GetFileAttributesW(path)
        if attributes == _INVALID_ATTRIBUTES:
            raise _last_failure()
        return attributes

    def open(self, path: str, access: int, share: int, *, new: bool = False) -> int:
        """CreateFileW."""
        disposition = _CREATE_NEW if new else _OPEN_EXISTING
        handle: int | None = _CreateFileW(
            path, access, share, None, disposition, _FILE_ATTRIBUTE_NORMAL, None
        )
        if handle is None or handle == _INVALID_HANDLE:
            raise _last_failure()
        return handle

    def close(self, handle: int) -> None:
        """CloseHandle."""
        _check(_CloseHandle(handle))

    def read(self, handle: int) -> bytes:
        """SetFilePointerEx, ReadFile."""
        _check(_SetFilePointerEx(handle, 0, None, _FILE_BEGIN))
        data = bytearray()
        chunk = ctypes.create_string_buffer(_CHUNK_BYTES)
        count = DWORD()
        while True:
            _check(_ReadFile(handle, chunk, _CHUNK_BYTES, byref(count), None))
            if not count.value:
                return bytes(data)
            data += chunk.raw[: count.value]

    def write(self, handle: int, data: bytes) -> None:
        """WriteFile, which writes all of it to a file, or fails."""
        count = DWORD()
        _check(_WriteFile(handle, data, len(data), byref(count), None))

    def flush(self, handle: int) -> None:
        """FlushFileBuffers."""
        _check(_FlushFileBuffers(handle))

    def facts(self, handle: int) -> FileFacts:
        """GetFileInformationByHandle."""
        information = ctypes.create_string_buffer(FILE_INFORMATION_BYTES)
        _check(_GetFileInformationByHandle(handle, information))
        return file_facts(information.raw)

    def set_facts(self, handle: int, *, attributes: int, created: int) -> None:
        """SetFileInformationByHandle(FileBasicInfo)."""
        info = basic_info(attributes, created)
        _check(_SetFileInformationByHandle(handle, _FILE_BASIC_INFO, info, len(info)))

    def rename(self, handle: int, path: str) -> None:
        """SetFileInformationByHandle(FileRenameInfo)."""
        info = rename_info(path)
        _check(_SetFileInformationByHandle(handle, _FILE_RENAME_INFO, info, len(info)))

    def make_folder(self, path: str) -> None:
        """CreateDirectoryW."""
        _check(_CreateDirectoryW(path, None))

    def remove(self, path: str) -> None:
        """DeleteFileW."""
        _check(_DeleteFileW(path))

    def streams(self, path: str) -> list[str]:
        """FindFirstStreamW, FindNextStreamW."""
        found = ctypes.create_string_buffer(STREAM_DATA_BYTES)
        search: int | None = _FindFirstStreamW(path, 0, found, 0)
        if search is None or search == _INVALID_HANDLE:
            failure = _last_failure()
            if failure.code == ERROR_HANDLE_EOF:
                return []
            raise failure
        names = [stream_name(found.raw)]
        try:
            while _FindNextStreamW(search, found):
                names.append(stream_name(found.raw))
        finally:
            _FindClose(search)
        return [name for name in names if name]

    def security(self, path: str) -> bytes:
        """GetFileSecurityW, once for the size and once for the descriptor."""
        size = DWORD()
        parts = OWNER | GROUP | DACL
        if not _GetFileSecurityW(path, parts, None, 0, byref(size)) and not size.value:
            raise _last_failure()
        descriptor = ctypes.create_string_buffer(size.value)
        _check(_GetFileSecurityW(path, parts, descriptor, size.value, byref(size)))
        return descriptor.raw

    def set_security(self, path: str, part: int, descriptor: bytes) -> None:
        """SetFileSecurityW."""
        _check(_SetFileSecurityW(path, part, descriptor))

    def is_remote_drive(self, root: str) -> bool:
        """GetDriveTypeW."""
        return bool(_GetDriveTypeW(root) == _DRIVE_REMOTE)


def _check(succeeded: int) -> None:
    if not succeeded:
        raise _last_failure()


def _last_failure() -> CallFailed:
    code = ctypes.get_last_error()
    # Windows tells a file that is being deleted apart only below this interface
    if code == ERROR_ACCESS_DENIED and _RtlGetLastNtStatus() == _STATUS_DELETE_PENDING:
        code = ERROR_DELETE_PENDING
    return _failure(code)


def _failure(code: int) -> CallFailed:
    return CallFailed(code, ctypes.FormatError(code).strip())
